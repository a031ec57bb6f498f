"""contrib.session_bundle: the export format before SavedModel."""
