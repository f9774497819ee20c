"""The terminal board. It knows the node through `node.api`, its words through `node.wording`."""
