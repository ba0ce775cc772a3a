"""What Hexawatt's Airbyte sources share; each module holds one idea."""
