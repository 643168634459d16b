"""The MCP server of `dropcast mcp`. Only this folder imports the SDK, which the extra `mcp` installs."""
