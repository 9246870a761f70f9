import Foundation
import HTTPTypes
import Localization
import People
import Tenants
import Web

extension Visit {
    /// What the layouts need: the head, the navigation, the account, and what is to be said once.
    func frame(title: String) -> Model {
        let flash = cookies[site.address.cookieName(CookieName.flash)].flatMap(Flash.init(cookie:))
        let other: Language = language == .de ? .en : .de
        return [
            "title": .text(title),
            "lang": .text(localizer.tag),
            "theme": .text(theme == .system ? "" : theme.rawValue),
            "stylesheet": .text(site.assets.address("app.css")),
            "script": .text(site.assets.address("js/app.js")),
            "icons": .text(site.assets.address("icons.svg")),
            "favicon": .text(site.assets.address("favicon.svg")),
            "here": .text(request.method == .get ? request.target : "/"),
            "themes": .list(
                Theme.allCases.map { choice in
                    [
                        "value": .text(choice.rawValue), "label": .text(text("frame.theme_\(choice.rawValue)")),
                        "checked": .flag(choice == theme),
                    ]
                }
            ),
            "other_language": [
                "code": .text(other.rawValue), "name": .text(site.catalog.text("frame.language_name", other)),
            ],
            "toast": .text(flash.map { text($0.key, $0.arguments) }),
            "home": .text(visitor?.home ?? "/anmelden"),
            "shell": .object(visitor.flatMap(shell)),
        ]
    }

    /// The colours a person chose; a guest's choice is kept in the browser.
    private var theme: Theme {
        visitor?.person.theme
            ?? cookies[site.address.cookieName(CookieName.theme)].flatMap(Theme.init(rawValue:)) ?? .system
    }

    /// Nil while the session is not complete.
    private func shell(_ visitor: Visitor) -> Model? {
        guard visitor.session.level == .full else { return nil }
        let onPlatform = path == "/plattform" || path.hasPrefix("/plattform/")
        let isPlatform = visitor.platformRole != nil && (onPlatform || visitor.standing == nil)
        let groups: [Navigation.Group] =
            if isPlatform, let role = visitor.platformRole {
                Navigation.platform(role)
            } else if let standing = visitor.standing, !visitor.lacksDemandedFactor {
                Navigation.tenant(standing.position)
            } else {
                []
            }
        return [
            "is_platform": .flag(isPlatform),
            "where": .text(
                isPlatform ? text("frame.platform") : visitor.standing?.tenant.name ?? text("frame.no_tenant")
            ),
            "where_note": .text(isPlatform ? text("frame.platform_note") : roleName(visitor)),
            "can_switch": .flag(true),
            "platform_link": .flag(visitor.platformRole != nil && !isPlatform),
            "groups": .list(groups.map { group in model(group) }),
            "person": [
                "name": .text(visitor.person.name), "initials": .text(Self.initials(visitor.person.name)),
                "role": .text(isPlatform ? platformRoleName(visitor) : roleName(visitor)),
            ],
            "suspended": .flag(
                !isPlatform && !visitor.lacksDemandedFactor && visitor.standing?.tenant.state == .suspended
            ),
            "support": .object(isPlatform ? nil : supportBanner(visitor)),
        ]
    }

    private func model(_ group: Navigation.Group) -> Model {
        [
            "label": .text(group.label.map { text($0) }),
            "items": .list(
                group.items.map { item in
                    [
                        "path": .text(item.isThere ? item.path : nil), "icon": .text(item.icon),
                        "label": .text(text(item.label)), "current": .flag(item.covers(path)),
                    ]
                }
            ),
        ]
    }

    /// To support while it looks in, and to those of the tenant who may end the look.
    private func supportBanner(_ visitor: Visitor) -> Model? {
        guard let standing = visitor.standing, !visitor.lacksDemandedFactor else { return nil }
        if case .support(let access) = standing.position {
            return [
                "text": .text(
                    text(
                        "frame.support_banner",
                        ["tenant": standing.tenant.name, "until": localizer.time(access.expiresAt)]
                    )
                ),
                "reason": .text(access.reason),
                "end_path": .text("/plattform/einsicht/beenden"),
            ]
        }
        guard let look = standing.look, AccessMatrix.allows(standing.position, .supportEnd) else { return nil }
        return [
            "text": .text(
                text(
                    "frame.support_looks",
                    [
                        "name": look.personName, "tenant": standing.tenant.name,
                        "until": localizer.time(look.expiresAt),
                    ]
                )
            ),
            "reason": .text(look.reason),
            "end_path": .text("/einstellungen/support/\(look.id)/beenden"),
        ]
    }

    private func roleName(_ visitor: Visitor) -> String {
        switch visitor.standing?.position {
        case .member(let role): text(role.key)
        case .support: text("frame.role_support")
        case nil: platformRoleName(visitor)
        }
    }

    private func platformRoleName(_ visitor: Visitor) -> String {
        visitor.platformRole.map { text("frame.platform_role_\($0.rawValue)") } ?? ""
    }

    private static func initials(_ name: String) -> String {
        let words = name.split(separator: " ").filter { $0.first?.isLetter == true && !$0.hasSuffix(".") }
        return [words.first, words.count > 1 ? words.last : nil].compactMap { $0?.first?.uppercased() }.joined()
    }
}
