"""A Sage Intacct connector for workflow automation."""
