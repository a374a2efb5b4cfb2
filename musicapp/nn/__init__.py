"""Networks: layers and shapes. Nothing here knows files, devices or prompts."""
