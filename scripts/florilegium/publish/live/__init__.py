"""The site while somebody writes: kept in memory, each page made when it is asked for, findings shown over it."""
