"""What people and Intacct call things: JSON documents and the loader that reads them."""
