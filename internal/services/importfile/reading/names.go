package reading

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"fabricportal/contract"
	"fabricportal/internal/format"
)

// OptionError says that a file can't be read as an option says, and what to do.
type OptionError struct {
	Option string // as in read_options
	*format.Said
}

// Assignment says which column has which role.
type Assignment struct {
	Columns Columns
	// Candidates are the columns that may have a role, in their order, by the role's number in contract.Words().Roles; of
	// roles that have a column by its name or by an option there are none.
	Candidates [][]int
}

// Required says that each required role has a column.
func (a *Assignment) Required() bool {
	return a.Columns.OrderID >= 0 && a.Columns.OrderDate >= 0 && a.Columns.Revenue >= 0
}

// Possible says that each required role has a column or a candidate.
func (a *Assignment) Possible() bool {
	for i, role := range contract.Words().Roles {
		if role.Required && *a.Columns.of(role.Role) < 0 && len(a.Candidates[i]) == 0 {
			return false
		}
	}
	return true
}

// Assign finds the columns of the roles, as the option columns says, by their names, or by names that such columns have
// (contract/RULES.md, Header and columns). An error is an *OptionError.
func (h *Header) Assign(given map[string]string) (Assignment, error) {
	roles := contract.Words().Roles
	a := Assignment{Columns: noColumns, Candidates: make([][]int, len(roles))}
	taken := make([]string, len(h.Names)) // the role of each column
	for _, role := range roles {
		header, ok := given[role.Role]
		if !ok {
			continue
		}
		column := h.named(header)
		switch {
		case column < 0:
			return a, &OptionError{"columns", format.Say("there is no column “{{.Column}}” for {{.Role}} in row {{.Row}}: choose one of its headers", "Column", header, "Role", role.Role, "Row", h.Row)}
		case taken[column] != "":
			return a, &OptionError{"columns", format.Say("the column “{{.Column}}” can't be both {{.One}} and {{.Other}}: choose another one", "Column", header, "One", taken[column], "Other", role.Role)}
		}
		*a.Columns.of(role.Role), taken[column] = column, role.Role
	}
	for _, role := range roles {
		if at := a.Columns.of(role.Role); *at < 0 {
			if column := h.Index(role.Role); column >= 0 && taken[column] == "" {
				*at, taken[column] = column, role.Role
			}
		}
	}
	seen := make(map[string]bool, len(h.Names))
	for column, name := range h.Names {
		name = NormalizedName(name)
		if !seen[name] && taken[column] == "" {
			if i := a.roleOf(fold(name)); i >= 0 {
				a.Candidates[i] = append(a.Candidates[i], column)
			}
		}
		seen[name] = true
	}
	for i, role := range roles {
		if !role.Required && len(a.Candidates[i]) == 1 {
			*a.Columns.of(role.Role) = a.Candidates[i][0]
		}
	}
	return a, nil
}

// roleOf is the number of the first role without a column that a name stands for, with and without units; -1 where there is
// none.
func (a *Assignment) roleOf(name string) int {
	best := -1
	for w := words(); name != ""; {
		if i, ok := w.roles[name]; ok && *a.Columns.of(contract.Words().Roles[i].Role) < 0 && (best < 0 || i < best) {
			best = i
		}
		cut := strings.LastIndexByte(name, '_')
		if cut < 0 || !w.units[name[cut+1:]] {
			break
		}
		name = name[:cut]
	}
	return best
}

// named is the column with a header as it stands, else the first one with the same normalised name; -1 where there is none.
func (h *Header) named(header string) int {
	if i := slices.Index(h.Names, header); i >= 0 {
		return i
	}
	wanted := NormalizedName(header)
	return slices.IndexFunc(h.Names, func(name string) bool { return wanted != "" && NormalizedName(name) == wanted })
}

// Named is the header with the roles' columns under the names of the roles. Another column that has such a name gets the
// next free suffix.
func (h *Header) Named(c Columns) Header {
	out := *h
	out.Normalized = slices.Clone(h.Normalized)
	used := make(map[string]bool, len(out.Normalized))
	for _, name := range out.Normalized {
		used[name] = true
	}
	for _, role := range contract.Words().Roles {
		column := *c.of(role.Role)
		if column < 0 || out.Normalized[column] == role.Role {
			continue
		}
		if other := slices.Index(out.Normalized, role.Role); other >= 0 {
			n := 2
			for used[role.Role+"_"+strconv.Itoa(n)] {
				n++
			}
			out.Normalized[other] = role.Role + "_" + strconv.Itoa(n)
			used[out.Normalized[other]] = true
		}
		out.Normalized[column] = role.Role
		used[role.Role] = true
	}
	return out
}

// noColumns are no columns at all.
var noColumns = Columns{OrderID: -1, OrderDate: -1, Revenue: -1, Quantity: -1, UnitPrice: -1, Discount: -1, Channel: -1, Region: -1, ProductCategory: -1}

// of is the position of a role's column.
func (c *Columns) of(role string) *int {
	switch role {
	case "order_id":
		return &c.OrderID
	case "order_date":
		return &c.OrderDate
	case "revenue":
		return &c.Revenue
	case "quantity":
		return &c.Quantity
	case "unit_price":
		return &c.UnitPrice
	case "discount":
		return &c.Discount
	case "channel":
		return &c.Channel
	case "region":
		return &c.Region
	case "product_category":
		return &c.ProductCategory
	}
	panic("no role: " + role) // roles stand in file_words.json, which is part of the program
}

// fileWords are contract.Words in the forms in which they are looked for.
type fileWords struct {
	roles      map[string]int // name to the number of the role
	units      map[string]bool
	currencies map[string]bool // names of columns
}

var words = sync.OnceValue(func() *fileWords {
	w := contract.Words()
	f := &fileWords{roles: map[string]int{}, units: map[string]bool{}, currencies: map[string]bool{}}
	for i, role := range w.Roles {
		for _, name := range role.Names {
			f.roles[fold(name)] = i
		}
	}
	for _, list := range [][]string{w.Units, w.CurrencyCodes} {
		for _, unit := range list {
			f.units[unit] = true
		}
	}
	for _, name := range w.CurrencyColumns {
		f.currencies[name] = true
	}
	return f
})

// CurrencyColumn is the first column without a role whose name says that it holds currencies; -1 where there is none.
func (h *Header) CurrencyColumn() int {
	columns := h.Columns()
	for column, name := range h.Names {
		if OfCurrencies(name) && !columns.has(column) {
			return column
		}
	}
	return -1
}

// OfCurrencies says that a column's name says that it holds currencies.
func OfCurrencies(name string) bool { return words().currencies[fold(NormalizedName(name))] }

// has says that a column has a role.
func (c *Columns) has(column int) bool {
	for _, role := range contract.Words().Roles {
		if *c.of(role.Role) == column {
			return true
		}
	}
	return false
}

// fold is a text in lower case without accents.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if ascii {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.IsMark(r):
		case r == 'ß':
			b.WriteString("ss")
		case r == 'ł':
			b.WriteByte('l')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
