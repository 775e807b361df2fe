package qbxml

// DataExtMod sets a custom field (OwnerID "0"), or a private value of an application ({GUID}), of one
// thing that is in the company file: an entry of a list, a transaction, one of its lines, or the
// company. It sets the value whether or not there was one, so that it may be repeated. People must have
// set up a custom field in QuickBooks before. The name holds 31 characters, the value 255.
type DataExtMod struct {
	OwnerID          string
	DataExtName      string
	ListDataExtType  string `json:",omitempty"` // Customer, Item, …: of an entry of a list
	ListObjRef       *Ref   `json:",omitempty"`
	TxnDataExtType   string `json:",omitempty"` // SalesReceipt, Invoice, …: of a transaction
	TxnID            string `json:",omitempty"`
	TxnLineID        string `json:",omitempty"`
	OtherDataExtType string `json:",omitempty"` // Company
	DataExtValue     string
}
