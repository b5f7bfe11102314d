"""How likely arrears are by a party's own record: features, models, calibration, scores. No store, no clock."""
