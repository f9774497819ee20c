"""The group's node: the desk's rules, the store, the services, the command line."""
