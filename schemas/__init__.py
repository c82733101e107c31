"""Plain data that every other folder speaks of: state, context, settings, the review, errors."""
