"""The chance of arrears from a party's own record: features, models, calibration, judgement. No store, no clock."""
