package policy

func system() Place {
	return Place{Folder: "/Library/Application Support/fabric-data-portal", Guarded: true}
}
