"""What a step of a workflow can do: a folder per object, a module per action."""
