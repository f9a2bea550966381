"""What a workflow is and how its values are worked out; pure, so nothing here waits or sends."""
