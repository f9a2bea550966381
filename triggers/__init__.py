"""What can start a workflow: a module per trigger."""
