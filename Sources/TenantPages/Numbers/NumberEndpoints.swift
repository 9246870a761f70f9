import Site
import Tenants
package import Web

/// The addresses of a tenant's own telephone numbers. A number stands in a path by its digits, without the plus.
extension Endpoint {
    static let ownNumbers = page("/rufnummern", .tenant(.numbersRead), "the tenant's numbers and where they lead")
    static let ownNumberSheet = page("/rufnummern.csv", .tenant(.numbersExport), "the same numbers as a table")
    static let addingNumber = page("/rufnummern/neu", .tenant(.numbersWrite), "which number to add")
    static let addNumber = form("/rufnummern/neu", .tenant(.numbersWrite), "verifies a number and adds it")
    static let numberPreview = page(
        "/rufnummern/vorschau",
        .tenant(.numbersWrite),
        "how a typed number would be stored"
    )
    static let ownNumber = page("/rufnummern/:e164", .tenant(.numbersRead), "one number and its history")
    static let verifyNumber = form(
        "/rufnummern/:e164/pruefen",
        .tenant(.numbersWrite),
        "asks the carrier about a number once more"
    )
    static let assigningNumber = page(
        "/rufnummern/:e164/zuordnen",
        .tenant(.numbersAssign),
        "where a number shall lead"
    )
    static let assignNumber = form(
        "/rufnummern/:e164/zuordnen",
        .tenant(.numbersAssign),
        "lets a number lead to a flow"
    )
    static let releasingNumber = page(
        "/rufnummern/:e164/freigeben",
        .tenant(.numbersWrite),
        "asks whether a number shall be released"
    )
    static let releaseNumber = form("/rufnummern/:e164/freigeben", .tenant(.numbersWrite), "releases a number")

    package static let numberPagesTable: [Endpoint] = [
        ownNumbers, ownNumberSheet, addingNumber, addNumber, numberPreview, ownNumber, verifyNumber, assigningNumber,
        assignNumber, releasingNumber, releaseNumber,
    ]
}
