package qbxml

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Body is what a request asks for: one of the request structs of this package, or a pointer to one.
// Its type's name is the request's name without "Rq". Bodies keep their content through
// encoding/json; DecodeBody reads one back.
type Body interface{ body() }

// BodyName is the name a body is stored and sent under, such as "SalesReceiptAdd"; "" for nil.
func BodyName(b Body) string {
	t := reflect.TypeOf(b)
	if t == nil {
		return ""
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

// DecodeBody reads a body stored as JSON under its BodyName and returns a pointer to its struct.
func DecodeBody(name string, stored []byte) (Body, error) {
	for _, b := range bodies() {
		if BodyName(b) != name {
			continue
		}
		if err := json.Unmarshal(stored, b); err != nil {
			return nil, fmt.Errorf("the stored %s cannot be read: %w", name, err)
		}
		return b, nil
	}
	return nil, fmt.Errorf("there is no request named %q", name)
}

// bodies returns a new, empty body of each kind.
func bodies() []Body {
	return []Body{
		&HostQuery{}, &CompanyQuery{}, &PreferencesQuery{}, &AccountQuery{},
		&CustomerQuery{}, &CustomerAdd{}, &CustomerMod{}, &EntityQuery{},
		&ItemQuery{}, &ItemNonInventoryAdd{}, &ItemServiceAdd{}, &ItemOtherChargeAdd{}, &ItemDiscountAdd{},
		&ItemSalesTaxQuery{}, &ItemSalesTaxGroupQuery{}, &SalesTaxCodeQuery{},
		&PaymentMethodQuery{}, &PaymentMethodAdd{}, &ShipMethodQuery{}, &ShipMethodAdd{},
		&ClassQuery{}, &TermsQuery{}, &TemplateQuery{}, &ListDeletedQuery{},
		&TransactionQuery{}, &SalesReceiptAdd{}, &SalesReceiptQuery{}, &DepositQuery{},
		&TxnVoid{}, &TxnDel{}, &TxnDeletedQuery{},
		&InvoiceAdd{}, &InvoiceQuery{}, &ReceivePaymentAdd{}, &ReceivePaymentQuery{}, &SalesOrderAdd{}, &SalesOrderQuery{},
		&CreditMemoAdd{}, &CreditMemoQuery{}, &ARRefundCreditCardAdd{}, &ARRefundCreditCardQuery{}, &CheckAdd{}, &CheckQuery{},
		&CustomerMsgQuery{}, &SalesRepQuery{}, &CurrencyQuery{}, &DataExtMod{},
	}
}

func (HostQuery) body()               {}
func (CompanyQuery) body()            {}
func (PreferencesQuery) body()        {}
func (AccountQuery) body()            {}
func (CustomerQuery) body()           {}
func (CustomerAdd) body()             {}
func (CustomerMod) body()             {}
func (EntityQuery) body()             {}
func (ItemQuery) body()               {}
func (ItemNonInventoryAdd) body()     {}
func (ItemServiceAdd) body()          {}
func (ItemOtherChargeAdd) body()      {}
func (ItemDiscountAdd) body()         {}
func (ItemSalesTaxQuery) body()       {}
func (ItemSalesTaxGroupQuery) body()  {}
func (SalesTaxCodeQuery) body()       {}
func (PaymentMethodQuery) body()      {}
func (PaymentMethodAdd) body()        {}
func (ShipMethodQuery) body()         {}
func (ShipMethodAdd) body()           {}
func (ClassQuery) body()              {}
func (TermsQuery) body()              {}
func (TemplateQuery) body()           {}
func (ListDeletedQuery) body()        {}
func (TransactionQuery) body()        {}
func (SalesReceiptAdd) body()         {}
func (SalesReceiptQuery) body()       {}
func (DepositQuery) body()            {}
func (TxnVoid) body()                 {}
func (TxnDel) body()                  {}
func (TxnDeletedQuery) body()         {}
func (InvoiceAdd) body()              {}
func (InvoiceQuery) body()            {}
func (ReceivePaymentAdd) body()       {}
func (ReceivePaymentQuery) body()     {}
func (SalesOrderAdd) body()           {}
func (SalesOrderQuery) body()         {}
func (CreditMemoAdd) body()           {}
func (CreditMemoQuery) body()         {}
func (ARRefundCreditCardAdd) body()   {}
func (ARRefundCreditCardQuery) body() {}
func (CheckAdd) body()                {}
func (CheckQuery) body()              {}
func (CustomerMsgQuery) body()        {}
func (SalesRepQuery) body()           {}
func (CurrencyQuery) body()           {}
func (DataExtMod) body()              {}
