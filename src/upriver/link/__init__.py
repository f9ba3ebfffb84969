"""Link: typed, timed, weighted ties between people, companies and identifiers, and the groups they form."""
