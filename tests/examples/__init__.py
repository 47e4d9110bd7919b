"""The examples for front-end teams, run as their READMEs say."""
