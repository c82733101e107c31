"""Stories for agents: a server of the Model Context Protocol. A face of ``stories``, as the page is."""
