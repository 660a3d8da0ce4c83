"""Selections side by side: what each reaches, beside random ones under the same constraints."""
