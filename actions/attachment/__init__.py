"""Attachments: files beside a record."""
