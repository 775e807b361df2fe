package qbxml_test

import (
	"fmt"
	"io"
	"log"
	"strings"

	"qbridge/qbxml"

	"github.com/shopspring/decimal"
)

func ExampleSet_Encode() {
	price := decimal.RequireFromString("9.99")
	set := qbxml.Set{NewID: "E7K2P0Q9M5", Indent: true, Requests: []qbxml.Request{{ID: "o-100231", Body: &qbxml.SalesReceiptAdd{
		CustomerRef: qbxml.RefName("José Müller"),
		RefNumber:   "100231",
		Lines:       []qbxml.SalesReceiptLineAdd{{ItemRef: qbxml.RefName("Tee"), Amount: qbxml.Amount(price)}},
	}}}}
	doc, err := set.Encode(qbxml.Version{Major: 13}, qbxml.US)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", doc)
	// Output:
	// <?xml version="1.0" encoding="utf-8"?>
	// <?qbxml version="13.0"?>
	// <QBXML>
	//  <QBXMLMsgsRq onError="stopOnError" newMessageSetID="E7K2P0Q9M5">
	//   <SalesReceiptAddRq requestID="o-100231">
	//    <SalesReceiptAdd>
	//     <CustomerRef>
	//      <FullName>Jos&#233; M&#252;ller</FullName>
	//     </CustomerRef>
	//     <RefNumber>100231</RefNumber>
	//     <SalesReceiptLineAdd>
	//      <ItemRef>
	//       <FullName>Tee</FullName>
	//      </ItemRef>
	//      <Amount>9.99</Amount>
	//     </SalesReceiptLineAdd>
	//    </SalesReceiptAdd>
	//   </SalesReceiptAddRq>
	//  </QBXMLMsgsRq>
	// </QBXML>
}

func ExampleAnswer() {
	answer := qbxml.NewAnswer(strings.NewReader(`<?xml version="1.0" ?><QBXML><QBXMLMsgsRs>
<SalesReceiptAddRs requestID="o-100231" statusCode="0" statusSeverity="Info" statusMessage="Status OK">
<SalesReceiptRet><TxnID>1C0-1433857054</TxnID><TotalAmount>9.99</TotalAmount></SalesReceiptRet>
</SalesReceiptAddRs>
<SalesReceiptAddRs requestID="o-100232" statusCode="3180" statusSeverity="Error" statusMessage="This list has been modified by another user."/>
</QBXMLMsgsRs></QBXML>`))
	for {
		record, err := answer.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		status := qbxml.StatusOf(record.Response.StatusCode, record.Response.Severity, record.Response.Message)
		fmt.Print(record.Response.RequestID, ": ", status.Action)
		if receipt, ok := record.Ret.(*qbxml.SalesReceiptRet); ok {
			fmt.Print(", ", receipt.TxnID, " of ", receipt.TotalAmount)
		}
		fmt.Println()
	}
	// Output:
	// o-100231: ok, 1C0-1433857054 of 9.99
	// o-100232: retry
}
