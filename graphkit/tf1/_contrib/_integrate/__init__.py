"""contrib.integrate: ordinary differential equations, with steps of their own size or of a grid."""
