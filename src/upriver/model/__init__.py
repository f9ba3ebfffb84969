"""What a row means: tables, forms, schemata, ids and units. Knows nothing of engines and stages."""
