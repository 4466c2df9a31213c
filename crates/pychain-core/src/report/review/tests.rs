//! Plans over small models of a pull request.
