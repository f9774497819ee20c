"""The group's node: the desk's rules, the store, the services, the control socket, the command line."""
