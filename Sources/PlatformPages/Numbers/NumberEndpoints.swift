import Site
import Tenants
package import Web

/// The addresses of all tenants' telephone numbers. A number stands in a path by its digits, without the plus.
extension Endpoint {
    static let allNumbers = page(
        "/plattform/rufnummern",
        .platform(.platformNumbersRead),
        "all tenants' numbers and where they lead"
    )
    static let allNumbersSheet = page(
        "/plattform/rufnummern.csv",
        .platform(.platformNumbersRead),
        "the same numbers as a table"
    )
    static let anyNumber = page(
        "/plattform/rufnummern/:e164",
        .platform(.platformNumbersRead),
        "one number and its history over all tenants"
    )
    static let movingNumber = page(
        "/plattform/rufnummern/:e164/umziehen",
        .platform(.platformNumbersWrite),
        "asks where a number shall move"
    )
    static let moveNumber = form(
        "/plattform/rufnummern/:e164/umziehen",
        .platform(.platformNumbersWrite),
        "moves a number to another tenant"
    )

    static let directingNumber = page(
        "/plattform/rufnummern/:e164/leiten",
        .platform(.platformNumbersWrite),
        "says where a number's calls go at the carrier, and asks why they shall come to us"
    )
    static let directNumber = form(
        "/plattform/rufnummern/:e164/leiten",
        .platform(.platformNumbersWrite),
        "lets the carrier bring a number's calls to us"
    )

    package static let platformNumberPagesTable: [Endpoint] = [
        allNumbers, allNumbersSheet, anyNumber, movingNumber, moveNumber, directingNumber, directNumber,
    ]
}
