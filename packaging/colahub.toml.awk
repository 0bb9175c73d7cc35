# Makes the manual page colahub.toml(5) from the annotated example, config.toml, so that there is one text.
#
# The example is a header, then paragraphs: comment lines, then `#key = default` or `key = value`.

function roff(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  sub(/^[.']/, "\\\\\\&&", text)
  return text
}

function flush_paragraph() {
  if (key == "" ) return
  print ".TP"
  print "\\fB" roff(key) "\\fR = " roff(value)
  printf "%s", text
  text = key = ""
}

BEGIN {
  print ".TH COLAHUB.TOML 5 \"\" \"Cola Hub\" \"File formats\""
  print ".SH NAME"
  print "colahub.toml \\- what a host can set of a Cola Hub"
  print ".SH SYNOPSIS"
  print ".I /etc/colahub/config.toml"
  print ".SH DESCRIPTION"
  header = 1
}

header && /^$/ { header = 0; print ".SH SETTINGS"; print "Each is shown with its default."; next }
header { sub(/^# ?/, ""); if ($0 == "") print ".PP"; else if (/^  /) { print ".RS 4"; print roff(substr($0, 3)); print ".RE" } else print roff($0); next }
/^#?[a-z_.]+ = / {
  line = $0
  sub(/^#/, "", line)
  key = line; sub(/ = .*/, "", key)
  value = line; sub(/^[^=]*= /, "", value)
  flush_paragraph()
  next
}
/^# / { text = text roff(substr($0, 3)) "\n"; next }

END {
  print ".SH FILES"
  print ".TP"
  print ".I /etc/colahub/config.toml"
  print "Read unless another file is named."
  print ".SH SEE ALSO"
  print ".BR colahub (8)"
}
