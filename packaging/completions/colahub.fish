# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_colahub_global_optspecs
    string join \n h/help V/version
end

function __fish_colahub_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_colahub_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_colahub_using_subcommand
    set -l cmd (__fish_colahub_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c colahub -n "__fish_colahub_needs_command" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_needs_command" -s V -l version -d 'Print version'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "run" -d 'Run the hub until it is told to stop (SIGTERM or Ctrl-C)'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "backup" -d 'Copy the database to a file, also while the hub runs'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "restore" -d 'Put a copy in the place of the database, while the hub is stopped'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "chatter" -d 'List those who are present, take somebody out, keep them out, mute or rename them'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "check-config" -d 'Check the configuration and say what the hub would do with it'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "clock" -d 'Set the hub\'s time where the machine\'s clock cannot be relied on, or forget it'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "announce" -d 'Announce something to everybody, list what is announced, take it down'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "discover" -d 'List the hubs on the local network'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "doctor" -d 'Look for what may keep people from the hub'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "event" -d 'Make the event\'s title, rooms, announcements and prepared polls what a file says, or print them as such a file'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "export" -d 'Write everything that was said to a zip, also while the hub runs'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "host" -d 'Make keys with which hosts act over the network, list the keys, revoke one'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "hold-ports" -d 'Open the ports for a hub without privileges; the service does this before it starts one'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "hotspot" -d 'Make the event\'s own Wi-Fi on this machine, end it, or see who is in it'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "log" -d 'List what the host did to rooms and people, the newest first'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "message" -d 'List what was said in a room, say something there as the host, delete messages'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "new-id" -d 'Give a hub whose card is a copy of another\'s an id of its own, while it is stopped'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "question" -d 'List the questions that people have asked in a room, mark them as answered'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "poll" -d 'Ask everybody or one room: make a poll, list polls with their votes, close one'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "report" -d 'List the messages that people have reported, strike a report off the list'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "room" -d 'List the living rooms, make one, let nobody new in, end one'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "status" -d 'Ask the hub that runs on this machine how it is'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "wipe" -d 'Remove for good everything that people have said, and who they were, also while the hub runs'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "wall" -d 'Set or show what a projector or a television shows of a room'
complete -c colahub -n "__fish_colahub_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand run" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand run" -l listen -d 'Where to accept connections, once for each address; a port alone means every address [COLAHUB_LISTEN, listen]' -r
complete -c colahub -n "__fish_colahub_using_subcommand run" -l data-dir -d 'The directory of the database and the hub\'s keys [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand run" -l name -d 'The name of the hub on the network [COLAHUB_NAME, name]' -r
complete -c colahub -n "__fish_colahub_using_subcommand run" -l no-mdns -d 'Do not announce the hub on the local network [COLAHUB_MDNS, mdns]'
complete -c colahub -n "__fish_colahub_using_subcommand run" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand backup" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand backup" -l data-dir -d 'The directory of the database [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand backup" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand restore" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand restore" -l data-dir -d 'The directory of the database [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand restore" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and not __fish_seen_subcommand_from list kick ban unban mute unmute rename help" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and not __fish_seen_subcommand_from list kick ban unban mute unmute rename help" -f -a "list" -d 'List who is present'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and not __fish_seen_subcommand_from list kick ban unban mute unmute rename help" -f -a "kick" -d 'Take somebody out of all rooms; they may come back'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and not __fish_seen_subcommand_from list kick ban unban mute unmute rename help" -f -a "ban" -d 'Take somebody out and keep their browser out'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and not __fish_seen_subcommand_from list kick ban unban mute unmute rename help" -f -a "unban" -d 'Let somebody in again'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and not __fish_seen_subcommand_from list kick ban unban mute unmute rename help" -f -a "mute" -d 'Let somebody read and not speak, in no room and under no name'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and not __fish_seen_subcommand_from list kick ban unban mute unmute rename help" -f -a "unmute" -d 'Let somebody speak again'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and not __fish_seen_subcommand_from list kick ban unban mute unmute rename help" -f -a "rename" -d 'Give somebody another name'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and not __fish_seen_subcommand_from list kick ban unban mute unmute rename help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from list" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from list" -l banned -d 'The people who are banned, instead of those who are present'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from list" -l muted -d 'Those who may not speak, instead of those who are present'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from list" -l recent -d 'Those, too, who have left in the last 24 hours: the last 500'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from list" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from kick" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from kick" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from kick" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from ban" -l address-for -d 'Also keep out everybody at their address, for this long, such as "2h"' -r
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from ban" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from ban" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from ban" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from unban" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from unban" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from unban" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from mute" -l minutes -d 'For how many minutes; until `chatter unmute` unless given' -r
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from mute" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from mute" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from mute" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from unmute" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from unmute" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from unmute" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from rename" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from rename" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from rename" -l may-change -d 'Let them change it themselves, also a name that was given before'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from help" -f -a "list" -d 'List who is present'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from help" -f -a "kick" -d 'Take somebody out of all rooms; they may come back'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from help" -f -a "ban" -d 'Take somebody out and keep their browser out'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from help" -f -a "unban" -d 'Let somebody in again'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from help" -f -a "mute" -d 'Let somebody read and not speak, in no room and under no name'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from help" -f -a "unmute" -d 'Let somebody speak again'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from help" -f -a "rename" -d 'Give somebody another name'
complete -c colahub -n "__fish_colahub_using_subcommand chatter; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand check-config" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand check-config" -l connect -d 'Try the connection to the shared database, too'
complete -c colahub -n "__fish_colahub_using_subcommand check-config" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand clock; and not __fish_seen_subcommand_from set forget help" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand clock; and not __fish_seen_subcommand_from set forget help" -f -a "set" -d 'Set the hub\'s time, while the machine\'s clock cannot be relied on'
complete -c colahub -n "__fish_colahub_using_subcommand clock; and not __fish_seen_subcommand_from set forget help" -f -a "forget" -d 'Forget the time that was set: the hub\'s time goes on from where it is, as a guess'
complete -c colahub -n "__fish_colahub_using_subcommand clock; and not __fish_seen_subcommand_from set forget help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand clock; and __fish_seen_subcommand_from set" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand clock; and __fish_seen_subcommand_from set" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand clock; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand clock; and __fish_seen_subcommand_from forget" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand clock; and __fish_seen_subcommand_from forget" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand clock; and __fish_seen_subcommand_from forget" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand clock; and __fish_seen_subcommand_from help" -f -a "set" -d 'Set the hub\'s time, while the machine\'s clock cannot be relied on'
complete -c colahub -n "__fish_colahub_using_subcommand clock; and __fish_seen_subcommand_from help" -f -a "forget" -d 'Forget the time that was set: the hub\'s time goes on from where it is, as a guess'
complete -c colahub -n "__fish_colahub_using_subcommand clock; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and not __fish_seen_subcommand_from add list done help" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and not __fish_seen_subcommand_from add list done help" -f -a "add" -d 'Announce something to everybody, or to one room: on top of the page, and in the room\'s history'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and not __fish_seen_subcommand_from add list done help" -f -a "list" -d 'List the announcements that are shown'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and not __fish_seen_subcommand_from add list done help" -f -a "done" -d 'Take an announcement down; it stays in the rooms\' history'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and not __fish_seen_subcommand_from add list done help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from add" -l room -d 'Only in this room: its code or id' -r
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from add" -l minutes -d 'For how many minutes it is shown; until it is taken down unless said' -r
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from add" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from add" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from list" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from list" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from done" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from done" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from done" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from help" -f -a "add" -d 'Announce something to everybody, or to one room: on top of the page, and in the room\'s history'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the announcements that are shown'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from help" -f -a "done" -d 'Take an announcement down; it stays in the rooms\' history'
complete -c colahub -n "__fish_colahub_using_subcommand announce; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand discover" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand discover" -l wait -d 'How long to listen, in seconds: 1 to 60' -r
complete -c colahub -n "__fish_colahub_using_subcommand discover" -l json -d 'Print JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand discover" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand doctor" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand doctor" -l listen -d 'Where the hub accepts connections, if it was told so on its command line' -r
complete -c colahub -n "__fish_colahub_using_subcommand doctor" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand doctor" -l as-service -d 'Check only what depends on the user: the service\'s, who has this name' -r
complete -c colahub -n "__fish_colahub_using_subcommand doctor" -l json -d 'Print JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand doctor" -l made -d 'systemd makes the data folder for the service'
complete -c colahub -n "__fish_colahub_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand event; and not __fish_seen_subcommand_from apply show help" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand event; and not __fish_seen_subcommand_from apply show help" -f -a "apply" -d 'Make the title, the language, the rooms and the announcements what a file says, and prepare its polls'
complete -c colahub -n "__fish_colahub_using_subcommand event; and not __fish_seen_subcommand_from apply show help" -f -a "show" -d 'Print what is there as such a file'
complete -c colahub -n "__fish_colahub_using_subcommand event; and not __fish_seen_subcommand_from apply show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand event; and __fish_seen_subcommand_from apply" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand event; and __fish_seen_subcommand_from apply" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand event; and __fish_seen_subcommand_from apply" -l dry-run -d 'Only say what would change'
complete -c colahub -n "__fish_colahub_using_subcommand event; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand event; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand event; and __fish_seen_subcommand_from show" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand event; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand event; and __fish_seen_subcommand_from help" -f -a "apply" -d 'Make the title, the language, the rooms and the announcements what a file says, and prepare its polls'
complete -c colahub -n "__fish_colahub_using_subcommand event; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print what is there as such a file'
complete -c colahub -n "__fish_colahub_using_subcommand event; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand export" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand export" -l data-dir -d 'The directory of the database [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand export" -l utc-offset -d 'The offset from UTC at which times are shown, as +09:00' -r
complete -c colahub -n "__fish_colahub_using_subcommand export" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand host; and not __fish_seen_subcommand_from add list revoke help" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand host; and not __fish_seen_subcommand_from add list revoke help" -f -a "add" -d 'Make a key by which somebody runs the event from their phone, and show it in a link with its code'
complete -c colahub -n "__fish_colahub_using_subcommand host; and not __fish_seen_subcommand_from add list revoke help" -f -a "list" -d 'List the keys'
complete -c colahub -n "__fish_colahub_using_subcommand host; and not __fish_seen_subcommand_from add list revoke help" -f -a "revoke" -d 'Take a key away from its holder, at once'
complete -c colahub -n "__fish_colahub_using_subcommand host; and not __fish_seen_subcommand_from add list revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from add" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from add" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from add" -l helper -d 'Let it take messages back, kick and see reports, and nothing else'
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from list" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from list" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from revoke" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from revoke" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from help" -f -a "add" -d 'Make a key by which somebody runs the event from their phone, and show it in a link with its code'
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the keys'
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Take a key away from its holder, at once'
complete -c colahub -n "__fish_colahub_using_subcommand host; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand hold-ports" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand hold-ports" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and not __fish_seen_subcommand_from start stop status help" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and not __fish_seen_subcommand_from start stop status help" -f -a "start" -d 'Make the network, now and at every start of this machine'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and not __fish_seen_subcommand_from start stop status help" -f -a "stop" -d 'End the network, and put back what was before it'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and not __fish_seen_subcommand_from start stop status help" -f -a "status" -d 'Show the network, and the devices in it'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and not __fish_seen_subcommand_from start stop status help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from start" -l ssid -d 'The name of the Wi-Fi' -r
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from start" -l country -d 'The country whose rules the Wi-Fi follows, such as KR; needed where the machine does not know it' -r
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from start" -l interface -d 'The network device: a Wi-Fi, or a cable to an access point [the machine\'s Wi-Fi]' -r
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from start" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from start" -l password -d 'Ask for the Wi-Fi\'s password; without this, it keeps the one that it has, or gets a new one, which is shown'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from start" -l password-stdin -d 'Read the Wi-Fi\'s password from standard input'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from start" -l open -d 'Make a Wi-Fi without a password'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from start" -l yes -d 'Do not ask whether to go on'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from stop" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from stop" -l yes -d 'Do not ask whether to go on'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from status" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from help" -f -a "start" -d 'Make the network, now and at every start of this machine'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from help" -f -a "stop" -d 'End the network, and put back what was before it'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show the network, and the devices in it'
complete -c colahub -n "__fish_colahub_using_subcommand hotspot; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand log" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand log" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand log" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand log" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand message; and not __fish_seen_subcommand_from list say delete help" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand message; and not __fish_seen_subcommand_from list say delete help" -f -a "list" -d 'List the newest messages of a room, or of all living rooms, with their numbers'
complete -c colahub -n "__fish_colahub_using_subcommand message; and not __fish_seen_subcommand_from list say delete help" -f -a "say" -d 'Say something in a room as the host, under a name that nobody else can have'
complete -c colahub -n "__fish_colahub_using_subcommand message; and not __fish_seen_subcommand_from list say delete help" -f -a "delete" -d 'Delete messages; each leaves its place behind, empty, for everybody'
complete -c colahub -n "__fish_colahub_using_subcommand message; and not __fish_seen_subcommand_from list say delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from list" -l last -d 'How many of the newest, at most 1000' -r
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from list" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from list" -l all -d 'What people have said in all living rooms'
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from list" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from say" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from say" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from say" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from delete" -l by -d 'What this chatter\'s browser has said in all rooms, by the id that `colahub chatter list` shows' -r
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from delete" -l minutes -d 'What they have said in the last minutes; 10 unless given' -r
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from delete" -l last -d 'Their last messages, at most 1000, whenever they were said' -r
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from delete" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from delete" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the newest messages of a room, or of all living rooms, with their numbers'
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from help" -f -a "say" -d 'Say something in a room as the host, under a name that nobody else can have'
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete messages; each leaves its place behind, empty, for everybody'
complete -c colahub -n "__fish_colahub_using_subcommand message; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand new-id" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand new-id" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand new-id" -l keep-key -d 'Keep the key by which browsers are known: those who came before stay who they are, and whoever has the other card can be anybody here'
complete -c colahub -n "__fish_colahub_using_subcommand new-id" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand question; and not __fish_seen_subcommand_from list answered held let-through drop help" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand question; and not __fish_seen_subcommand_from list answered held let-through drop help" -f -a "list" -d 'List the questions of a room: those that wait for an answer first, the one with the most votes on top'
complete -c colahub -n "__fish_colahub_using_subcommand question; and not __fish_seen_subcommand_from list answered held let-through drop help" -f -a "answered" -d 'Mark a question as answered'
complete -c colahub -n "__fish_colahub_using_subcommand question; and not __fish_seen_subcommand_from list answered held let-through drop help" -f -a "held" -d 'List the questions that wait for you, in rooms that `colahub room edit --questions held` was used on'
complete -c colahub -n "__fish_colahub_using_subcommand question; and not __fish_seen_subcommand_from list answered held let-through drop help" -f -a "let-through" -d 'Let a question that waits into its room'
complete -c colahub -n "__fish_colahub_using_subcommand question; and not __fish_seen_subcommand_from list answered held let-through drop help" -f -a "drop" -d 'Drop a question that waits'
complete -c colahub -n "__fish_colahub_using_subcommand question; and not __fish_seen_subcommand_from list answered held let-through drop help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from list" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from list" -l by-time -d 'The newest first, whatever their votes'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from list" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from answered" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from answered" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from answered" -l not -d 'Take the mark off again'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from answered" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from held" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from held" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from held" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from held" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from let-through" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from let-through" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from let-through" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from drop" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from drop" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from drop" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the questions of a room: those that wait for an answer first, the one with the most votes on top'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from help" -f -a "answered" -d 'Mark a question as answered'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from help" -f -a "held" -d 'List the questions that wait for you, in rooms that `colahub room edit --questions held` was used on'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from help" -f -a "let-through" -d 'Let a question that waits into its room'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from help" -f -a "drop" -d 'Drop a question that waits'
complete -c colahub -n "__fish_colahub_using_subcommand question; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and not __fish_seen_subcommand_from add list prepared ask drop close help" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and not __fish_seen_subcommand_from add list prepared ask drop close help" -f -a "add" -d 'Ask everybody, or one room: a question with two to eight answers, and one vote a person'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and not __fish_seen_subcommand_from add list prepared ask drop close help" -f -a "list" -d 'List the open polls with their votes'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and not __fish_seen_subcommand_from add list prepared ask drop close help" -f -a "prepared" -d 'List the prepared polls, which an event file has, in their order'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and not __fish_seen_subcommand_from add list prepared ask drop close help" -f -a "ask" -d 'Ask a prepared poll: it is open from then on'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and not __fish_seen_subcommand_from add list prepared ask drop close help" -f -a "drop" -d 'Drop a prepared poll, so that it is not asked'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and not __fish_seen_subcommand_from add list prepared ask drop close help" -f -a "close" -d 'Close a poll: nobody votes any more, and its result is put into the rooms'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and not __fish_seen_subcommand_from add list prepared ask drop close help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from add" -l results -d 'When people see the votes' -r -f -a "at-once\t'From the beginning'
after-voting\t'Once they have voted'
at-end\t'Once the poll is closed'"
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from add" -l room -d 'Only in this room: its code or id' -r
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from add" -l minutes -d 'After how many minutes it closes by itself; when it is closed by hand unless said' -r
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from add" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from add" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from add" -l multiple -d 'People may choose several answers'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from list" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from list" -l all -d 'List those that are closed, too'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from list" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from prepared" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from prepared" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from prepared" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from prepared" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from ask" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from ask" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from ask" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from drop" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from drop" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from drop" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from close" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from close" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from close" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from help" -f -a "add" -d 'Ask everybody, or one room: a question with two to eight answers, and one vote a person'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the open polls with their votes'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from help" -f -a "prepared" -d 'List the prepared polls, which an event file has, in their order'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from help" -f -a "ask" -d 'Ask a prepared poll: it is open from then on'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from help" -f -a "drop" -d 'Drop a prepared poll, so that it is not asked'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from help" -f -a "close" -d 'Close a poll: nobody votes any more, and its result is put into the rooms'
complete -c colahub -n "__fish_colahub_using_subcommand poll; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand report; and not __fish_seen_subcommand_from list done help" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand report; and not __fish_seen_subcommand_from list done help" -f -a "list" -d 'List the messages that people have reported, the newest report first'
complete -c colahub -n "__fish_colahub_using_subcommand report; and not __fish_seen_subcommand_from list done help" -f -a "done" -d 'Strike a report off the list'
complete -c colahub -n "__fish_colahub_using_subcommand report; and not __fish_seen_subcommand_from list done help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand report; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand report; and __fish_seen_subcommand_from list" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand report; and __fish_seen_subcommand_from list" -l all -d 'Also the reports that were struck off'
complete -c colahub -n "__fish_colahub_using_subcommand report; and __fish_seen_subcommand_from list" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand report; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand report; and __fish_seen_subcommand_from done" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand report; and __fish_seen_subcommand_from done" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand report; and __fish_seen_subcommand_from done" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand report; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the messages that people have reported, the newest report first'
complete -c colahub -n "__fish_colahub_using_subcommand report; and __fish_seen_subcommand_from help" -f -a "done" -d 'Strike a report off the list'
complete -c colahub -n "__fish_colahub_using_subcommand report; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand room; and not __fish_seen_subcommand_from list create edit lock unlock mode history close delete help" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand room; and not __fish_seen_subcommand_from list create edit lock unlock mode history close delete help" -f -a "list" -d 'List the living rooms'
complete -c colahub -n "__fish_colahub_using_subcommand room; and not __fish_seen_subcommand_from list create edit lock unlock mode history close delete help" -f -a "create" -d 'Make a room; it does not count among those that people may make'
complete -c colahub -n "__fish_colahub_using_subcommand room; and not __fish_seen_subcommand_from list create edit lock unlock mode history close delete help" -f -a "edit" -d 'Change a room\'s title, its capacity, its password or its place in the lobby; people stay in it'
complete -c colahub -n "__fish_colahub_using_subcommand room; and not __fish_seen_subcommand_from list create edit lock unlock mode history close delete help" -f -a "lock" -d 'Let nobody new into a room; people who were in it may stay and come back'
complete -c colahub -n "__fish_colahub_using_subcommand room; and not __fish_seen_subcommand_from list create edit lock unlock mode history close delete help" -f -a "unlock" -d 'Let people into a room again'
complete -c colahub -n "__fish_colahub_using_subcommand room; and not __fish_seen_subcommand_from list create edit lock unlock mode history close delete help" -f -a "mode" -d 'Say who may come into a room or all rooms, who may write, and how often'
complete -c colahub -n "__fish_colahub_using_subcommand room; and not __fish_seen_subcommand_from list create edit lock unlock mode history close delete help" -f -a "history" -d 'Say where people who join a room from now on begin to read'
complete -c colahub -n "__fish_colahub_using_subcommand room; and not __fish_seen_subcommand_from list create edit lock unlock mode history close delete help" -f -a "close" -d 'End a room now; it can still be read'
complete -c colahub -n "__fish_colahub_using_subcommand room; and not __fish_seen_subcommand_from list create edit lock unlock mode history close delete help" -f -a "delete" -d 'End a room now and delete what was said in it'
complete -c colahub -n "__fish_colahub_using_subcommand room; and not __fish_seen_subcommand_from list create edit lock unlock mode history close delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from list" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from list" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from create" -l namespace -d 'The channel that it is in' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from create" -l capacity -d 'How many people it holds; 0 is no limit' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from create" -l history -d 'Where people who join begin to read: at the room\'s beginning, or at their own joining [rooms.history]' -r -f -a "all\t''
joined\t''"
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from create" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from create" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from create" -l password -d 'Ask for a password that people will need'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from create" -l password-stdin -d 'Read that password from standard input, one line'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from edit" -l title -d 'Its new title' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from edit" -l capacity -d 'How many people it holds; 0 is no limit' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from edit" -l history -d 'Where people who join from now on begin to read' -r -f -a "all\t''
joined\t''"
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from edit" -l position -d 'Its place in the lobby, from 1; 0 puts it behind those that have one' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from edit" -l questions -d 'Whether people read questions at once, or the host first' -r -f -a "open\t''
held\t''"
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from edit" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from edit" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from edit" -l password -d 'Ask for a new password that newcomers will need'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from edit" -l password-stdin -d 'Read that password from standard input, one line'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from edit" -l no-password -d 'Let newcomers in without a password'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from lock" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from lock" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from lock" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from unlock" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from unlock" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from unlock" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from mode" -l every -d 'In slow mode, how many seconds a person waits between two messages; 30 unless said' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from mode" -l here-for -d 'In "members", how many minutes people must have been here to come in and write; without it nobody new comes in' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from mode" -l for -d 'Go back to open by itself after this time, in whole minutes, such as "15m"' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from mode" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from mode" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from mode" -l all -d 'All living rooms, instead of one'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from mode" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from history" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from history" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from close" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from close" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from close" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from delete" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from delete" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the living rooms'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "create" -d 'Make a room; it does not count among those that people may make'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "edit" -d 'Change a room\'s title, its capacity, its password or its place in the lobby; people stay in it'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "lock" -d 'Let nobody new into a room; people who were in it may stay and come back'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "unlock" -d 'Let people into a room again'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "mode" -d 'Say who may come into a room or all rooms, who may write, and how often'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "history" -d 'Say where people who join a room from now on begin to read'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "close" -d 'End a room now; it can still be read'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "delete" -d 'End a room now and delete what was said in it'
complete -c colahub -n "__fish_colahub_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand status" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand status" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand status" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand status" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand wipe" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand wipe" -l data-dir -d 'The directory of the database [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand wipe" -l keep-rooms -d 'Keep the living rooms that hosts have made, without what was said in them'
complete -c colahub -n "__fish_colahub_using_subcommand wipe" -l yes -d 'Do not ask'
complete -c colahub -n "__fish_colahub_using_subcommand wipe" -l receipts -d 'Wipe nothing, and print the receipts of the wipes that were done'
complete -c colahub -n "__fish_colahub_using_subcommand wipe" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and not __fish_seen_subcommand_from set show help" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and not __fish_seen_subcommand_from set show help" -f -a "set" -d 'Say what the wall of a room shows, after which delay, and whether there is a link to it'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and not __fish_seen_subcommand_from set show help" -f -a "show" -d 'Show how the wall of a room is set, and its addresses'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and not __fish_seen_subcommand_from set show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from set" -l view -d 'The newest messages, the questions with the most votes, the newest poll, or only how to join' -r -f -a "messages\t''
questions\t''
poll\t''
off\t''"
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from set" -l delay -d 'How old a message is before it is shown, 0 to 300; one that is taken back before is never shown' -r
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from set" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from set" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from set" -l link -d 'Make a link with which the wall opens for any room: locked, shut, or read from one\'s own joining only'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from set" -l no-link -d 'Revoke the link; another one is another link'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from set" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]' -r -F
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from show" -l data-dir -d 'The directory of the hub\'s data [COLAHUB_DATA_DIR, data_dir]' -r
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from show" -l json -d 'Answer as JSON, for programs'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from help" -f -a "set" -d 'Say what the wall of a room shows, after which delay, and whether there is a link to it'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show how the wall of a room is set, and its addresses'
complete -c colahub -n "__fish_colahub_using_subcommand wall; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "run" -d 'Run the hub until it is told to stop (SIGTERM or Ctrl-C)'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "backup" -d 'Copy the database to a file, also while the hub runs'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "restore" -d 'Put a copy in the place of the database, while the hub is stopped'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "chatter" -d 'List those who are present, take somebody out, keep them out, mute or rename them'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "check-config" -d 'Check the configuration and say what the hub would do with it'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "clock" -d 'Set the hub\'s time where the machine\'s clock cannot be relied on, or forget it'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "announce" -d 'Announce something to everybody, list what is announced, take it down'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "discover" -d 'List the hubs on the local network'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "doctor" -d 'Look for what may keep people from the hub'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "event" -d 'Make the event\'s title, rooms, announcements and prepared polls what a file says, or print them as such a file'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "export" -d 'Write everything that was said to a zip, also while the hub runs'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "host" -d 'Make keys with which hosts act over the network, list the keys, revoke one'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "hold-ports" -d 'Open the ports for a hub without privileges; the service does this before it starts one'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "hotspot" -d 'Make the event\'s own Wi-Fi on this machine, end it, or see who is in it'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "log" -d 'List what the host did to rooms and people, the newest first'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "message" -d 'List what was said in a room, say something there as the host, delete messages'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "new-id" -d 'Give a hub whose card is a copy of another\'s an id of its own, while it is stopped'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "question" -d 'List the questions that people have asked in a room, mark them as answered'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "poll" -d 'Ask everybody or one room: make a poll, list polls with their votes, close one'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "report" -d 'List the messages that people have reported, strike a report off the list'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "room" -d 'List the living rooms, make one, let nobody new in, end one'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "status" -d 'Ask the hub that runs on this machine how it is'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "wipe" -d 'Remove for good everything that people have said, and who they were, also while the hub runs'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "wall" -d 'Set or show what a projector or a television shows of a room'
complete -c colahub -n "__fish_colahub_using_subcommand help; and not __fish_seen_subcommand_from run backup restore chatter check-config clock announce discover doctor event export host hold-ports hotspot log message new-id question poll report room status wipe wall help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from chatter" -f -a "list" -d 'List who is present'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from chatter" -f -a "kick" -d 'Take somebody out of all rooms; they may come back'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from chatter" -f -a "ban" -d 'Take somebody out and keep their browser out'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from chatter" -f -a "unban" -d 'Let somebody in again'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from chatter" -f -a "mute" -d 'Let somebody read and not speak, in no room and under no name'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from chatter" -f -a "unmute" -d 'Let somebody speak again'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from chatter" -f -a "rename" -d 'Give somebody another name'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from clock" -f -a "set" -d 'Set the hub\'s time, while the machine\'s clock cannot be relied on'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from clock" -f -a "forget" -d 'Forget the time that was set: the hub\'s time goes on from where it is, as a guess'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from announce" -f -a "add" -d 'Announce something to everybody, or to one room: on top of the page, and in the room\'s history'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from announce" -f -a "list" -d 'List the announcements that are shown'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from announce" -f -a "done" -d 'Take an announcement down; it stays in the rooms\' history'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from event" -f -a "apply" -d 'Make the title, the language, the rooms and the announcements what a file says, and prepare its polls'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from event" -f -a "show" -d 'Print what is there as such a file'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from host" -f -a "add" -d 'Make a key by which somebody runs the event from their phone, and show it in a link with its code'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from host" -f -a "list" -d 'List the keys'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from host" -f -a "revoke" -d 'Take a key away from its holder, at once'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from hotspot" -f -a "start" -d 'Make the network, now and at every start of this machine'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from hotspot" -f -a "stop" -d 'End the network, and put back what was before it'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from hotspot" -f -a "status" -d 'Show the network, and the devices in it'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from message" -f -a "list" -d 'List the newest messages of a room, or of all living rooms, with their numbers'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from message" -f -a "say" -d 'Say something in a room as the host, under a name that nobody else can have'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from message" -f -a "delete" -d 'Delete messages; each leaves its place behind, empty, for everybody'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from question" -f -a "list" -d 'List the questions of a room: those that wait for an answer first, the one with the most votes on top'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from question" -f -a "answered" -d 'Mark a question as answered'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from question" -f -a "held" -d 'List the questions that wait for you, in rooms that `colahub room edit --questions held` was used on'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from question" -f -a "let-through" -d 'Let a question that waits into its room'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from question" -f -a "drop" -d 'Drop a question that waits'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from poll" -f -a "add" -d 'Ask everybody, or one room: a question with two to eight answers, and one vote a person'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from poll" -f -a "list" -d 'List the open polls with their votes'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from poll" -f -a "prepared" -d 'List the prepared polls, which an event file has, in their order'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from poll" -f -a "ask" -d 'Ask a prepared poll: it is open from then on'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from poll" -f -a "drop" -d 'Drop a prepared poll, so that it is not asked'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from poll" -f -a "close" -d 'Close a poll: nobody votes any more, and its result is put into the rooms'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from report" -f -a "list" -d 'List the messages that people have reported, the newest report first'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from report" -f -a "done" -d 'Strike a report off the list'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "list" -d 'List the living rooms'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "create" -d 'Make a room; it does not count among those that people may make'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "edit" -d 'Change a room\'s title, its capacity, its password or its place in the lobby; people stay in it'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "lock" -d 'Let nobody new into a room; people who were in it may stay and come back'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "unlock" -d 'Let people into a room again'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "mode" -d 'Say who may come into a room or all rooms, who may write, and how often'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "history" -d 'Say where people who join a room from now on begin to read'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "close" -d 'End a room now; it can still be read'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "delete" -d 'End a room now and delete what was said in it'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from wall" -f -a "set" -d 'Say what the wall of a room shows, after which delay, and whether there is a link to it'
complete -c colahub -n "__fish_colahub_using_subcommand help; and __fish_seen_subcommand_from wall" -f -a "show" -d 'Show how the wall of a room is set, and its addresses'
