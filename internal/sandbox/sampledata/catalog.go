package sampledata

import "time"

// weighted is a value with its share of the orders, relative to the others in its list.
type weighted struct {
	value  string
	weight int
}

var channels = []weighted{{"Online Shop", 41}, {"Mobile App", 24}, {"Marketplace", 17}, {"Retail Store", 13}, {"Phone", 5}}

type region struct {
	name      string
	weight    int
	countries []weighted
}

var regions = []region{
	{"Europe", 43, []weighted{{"Germany", 31}, {"France", 18}, {"United Kingdom", 17}, {"Netherlands", 9}, {"Spain", 9}, {"Italy", 8}, {"Poland", 5}, {"Austria", 3}}},
	{"North America", 29, []weighted{{"United States", 78}, {"Canada", 22}}},
	{"Asia Pacific", 17, []weighted{{"Japan", 34}, {"Australia", 27}, {"Singapore", 21}, {"India", 18}}},
	{"Latin America", 7, []weighted{{"Brazil", 55}, {"Mexico", 33}, {"Chile", 12}}},
	{"Middle East & Africa", 4, []weighted{{"United Arab Emirates", 58}, {"South Africa", 42}}},
}

type product struct {
	name  string
	cents int // list price
}

type category struct {
	name     string
	code     string
	weight   int
	quantity int // weight of a second and further piece, in percent
	season   [12]int
	products []product
}

// season gives each month's demand for a category, 100 being the usual.
var categories = []category{
	{"Electronics", "EL", 22, 12, [12]int{95, 90, 92, 90, 92, 95, 98, 100, 102, 105, 135, 130}, []product{
		{"Wireless Headphones", 8999}, {"Bluetooth Speaker", 5990}, {"4K Monitor 27\"", 28900}, {"Mechanical Keyboard", 10990}, {"USB-C Dock", 14950},
		{"Smart Watch", 19900}, {"Action Camera", 24900}, {"E-Reader", 12999}, {"Portable SSD 1 TB", 9490}, {"Noise-Cancelling Earbuds", 12900}}},
	{"Home & Kitchen", "HK", 20, 30, [12]int{100, 95, 98, 100, 102, 98, 95, 96, 102, 104, 110, 112}, []product{
		{"Espresso Machine", 34900}, {"Cast Iron Pan", 4490}, {"Stand Mixer", 27900}, {"Chef's Knife", 6950}, {"Air Fryer", 11900},
		{"Cotton Bed Linen", 5990}, {"LED Desk Lamp", 3990}, {"Storage Box, Set of 3", 2450}, {"Water Filter Jug", 2990}, {"Robot Vacuum", 29900}}},
	{"Apparel", "AP", 18, 45, [12]int{90, 92, 108, 110, 106, 98, 94, 92, 108, 106, 104, 102}, []product{
		{"Merino Sweater", 7990}, {"Denim Jacket", 8950}, {"Running T-Shirt", 2990}, {"Rain Jacket", 11900}, {"Linen Shirt", 4990},
		{"Wool Socks, 4 Pairs", 2490}, {"Winter Parka", 17900}, {"Chino Trousers", 5990}, {"Leather Belt", 3490}, {"Beanie", 1990}}},
	{"Sports & Outdoors", "SP", 12, 25, [12]int{112, 96, 102, 110, 118, 122, 118, 110, 98, 88, 86, 92}, []product{
		{"Trekking Backpack 40 l", 12900}, {"Yoga Mat", 3490}, {"Trail Running Shoes", 12990}, {"Two-Person Tent", 18900}, {"Cycling Helmet", 7490},
		{"Dumbbell Set", 8990}, {"Insulated Bottle", 2690}, {"Head Torch", 3990}, {"Swim Goggles", 1890}, {"Foam Roller", 2290}}},
	{"Beauty & Care", "BC", 10, 60, [12]int{94, 104, 100, 98, 104, 98, 96, 96, 98, 100, 112, 118}, []product{
		{"Face Serum", 2990}, {"Sun Cream SPF 50", 1690}, {"Electric Toothbrush", 7990}, {"Shampoo Bar", 990}, {"Hair Dryer", 5990},
		{"Hand Cream", 790}, {"Eau de Toilette", 5490}, {"Beard Trimmer", 4990}, {"Bath Salts", 1290}, {"Nail Care Kit", 1990}}},
	{"Toys & Games", "TG", 8, 35, [12]int{78, 80, 88, 92, 90, 90, 92, 94, 96, 102, 140, 168}, []product{
		{"Wooden Train Set", 4990}, {"Board Game Classic", 3490}, {"Building Blocks, 500 Pieces", 3990}, {"Puzzle, 1000 Pieces", 1690}, {"Plush Bear", 2290},
		{"Science Kit", 2990}, {"Card Game", 1290}, {"Remote Control Car", 4490}, {"Modelling Clay", 1490}, {"Dolls' House", 8990}}},
	{"Books", "BK", 6, 70, [12]int{100, 94, 96, 96, 94, 98, 104, 102, 98, 100, 112, 128}, []product{
		{"Crime Novel", 1499}, {"Cookbook", 2995}, {"Travel Guide", 1895}, {"Children's Picture Book", 1295}, {"Biography", 2490},
		{"Science Non-Fiction", 2190}, {"Poetry Collection", 1590}, {"Language Course", 3490}, {"Garden Handbook", 2690}, {"Art Book", 4995}}},
	{"Grocery", "GR", 4, 90, [12]int{98, 96, 98, 102, 98, 96, 94, 94, 98, 100, 106, 118}, []product{
		{"Coffee Beans 1 kg", 1890}, {"Olive Oil 0.75 l", 1490}, {"Dark Chocolate, Box of 10", 2190}, {"Green Tea, 100 Bags", 990}, {"Mixed Nuts 1 kg", 1690},
		{"Honey 500 g", 890}, {"Pasta Selection", 1290}, {"Spice Set", 2490}, {"Granola, 3 Packs", 1350}, {"Balsamic Vinegar", 1190}}},
}

var segments = []weighted{{"Consumer", 71}, {"Small Business", 20}, {"Corporate", 9}}

var payments = []weighted{{"Credit Card", 44}, {"PayPal", 26}, {"Invoice", 12}, {"Bank Transfer", 8}, {"Apple Pay", 7}, {"Gift Card", 3}}

var discounts = []weighted{{"0", 61}, {"5", 12}, {"10", 13}, {"15", 7}, {"20", 5}, {"25", 2}}

var ratings = []weighted{{"5", 46}, {"4", 31}, {"3", 13}, {"2", 6}, {"1", 4}}

var badDates = []string{"31.02.2025", "pending", "2025-13-05", "unknown", "31/06/2025", "00.00.0000", "tbd"}

// monthDemand is the number of orders a month, 100 being the usual.
var monthDemand = [12]int{95, 90, 97, 97, 100, 98, 94, 93, 100, 104, 117, 121}

// weekdayDemand starts with Sunday.
var weekdayDemand = [7]int{106, 112, 104, 99, 97, 95, 84}

// dayDemand is how many orders a day brings, relative to other days; noise is 0 to 99.
func dayDemand(d time.Time, noise int) int {
	demand := monthDemand[d.Month()-1] * weekdayDemand[d.Weekday()] * (93 + noise*14/99)
	switch {
	case d.Month() == time.November && blackFriday(d):
		demand = demand * 19 / 10
	case d.Month() == time.December && d.Day() >= 24 && d.Day() <= 26:
		demand = demand * 45 / 100
	case d.Month() == time.December && d.Day() >= 6 && d.Day() <= 18:
		demand = demand * 125 / 100
	case d.Month() == time.January && d.Day() == 1:
		demand = demand * 55 / 100
	}
	return demand
}

// blackFriday is true from the fourth Friday of November to the Monday after it.
func blackFriday(d time.Time) bool {
	first := day(d.Year(), time.November, 1)
	friday := 1 + (int(time.Friday)-int(first.Weekday())+7)%7 + 21
	return d.Month() == time.November && d.Day() >= friday && d.Day() <= friday+3
}
