"""The terminal board. It knows the node through `node.api` and its words through `node.wording`."""
