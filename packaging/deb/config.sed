# The package's configuration is the example with one line in force: an installed hub is at the web's own port.
s|No setting is required: every line below shows its default\.|No setting is required: every line below\n# shows its default, but for `listen`.|
s|^# Where the hub accepts connections.*|&\n# This package says port 80; without the line it is 8080.|
s|^#listen = .*|listen = ["[::]:80"]|
