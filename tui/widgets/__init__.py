"""The widgets: each draws what it is given and posts a message."""
