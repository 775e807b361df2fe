package posting

import "qbridge/qbxml"

// ListAdd holds exactly one request that makes a list row.
type ListAdd struct {
	Customer         *qbxml.CustomerAdd         `json:",omitempty"`
	CustomerMod      *qbxml.CustomerMod         `json:",omitempty"`
	ItemNonInventory *qbxml.ItemNonInventoryAdd `json:",omitempty"`
	ItemService      *qbxml.ItemServiceAdd      `json:",omitempty"`
	ItemOtherCharge  *qbxml.ItemOtherChargeAdd  `json:",omitempty"`
	PaymentMethod    *qbxml.PaymentMethodAdd    `json:",omitempty"`
	ShipMethod       *qbxml.ShipMethodAdd       `json:",omitempty"`
}
