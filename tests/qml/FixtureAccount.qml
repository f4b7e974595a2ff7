import QtQuick
import Starling.Fixtures

QtObject {
    id: account
    property var app
    property string displayName: "Mira Lindqvist"
    property string avatarColor: "#0b6e6b"
    property string statusText: "Deep work until noon"
    property bool totpEnabled: false
    property string totpUri: ""
    property string totpSecret: ""
    property var recoveryCodes: []
    property string errorText: ""
    signal done(string what)
    signal refused(string text)
    function forgetError() { errorText = ""; }
    property FixtureModel devices: FixtureModel {
        rows: [
            { device: "d1", name: "Laptop (Linux)", createdMs: 1780000000000, lastSeenMs: Date.now(), address: "192.0.2.17", current: true },
            { device: "d2", name: "A telephone whose owner gave it a name that goes on and on", createdMs: 1770000000000, lastSeenMs: Date.now() - 86400000, address: "2001:db8:85a3::8a2e:370:7334", current: false },
            { device: "d3", name: "Office desktop", createdMs: 1760000000000, lastSeenMs: Date.now() - 9 * 86400000, address: "198.51.100.4", current: false }
        ]
    }
    property FixtureModel blocks: FixtureModel {
        rows: [{ userId: "66", name: "Very Loud Person", handle: "loud", color: "#b4462a", initials: "VL" }]
    }
    function save(name, color, status) { app.called("save", name, color, status); }
    function changePassword(old, fresh) { app.called("changePassword", old, fresh); }
    function beginTotp(password) { app.called("beginTotp", password); totpSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"; totpUri = "otpauth://totp/Starling:mira?secret=" + totpSecret + "&issuer=Starling"; }
    function confirmTotp(code) { app.called("confirmTotp", code); totpEnabled = true; recoveryCodes = ["7q2m-4xw9", "tzd1-kk0p", "m3v8-qq2a", "9d0f-zz7c", "p1s4-8hux", "w6ye-t2rn", "b5gj-0c3l", "xk8n-5v9d", "f2aq-7m1t", "r4hz-6p0w"]; }
    function disableTotp(password, code) { app.called("disableTotp", password, code); totpEnabled = false; }
    function revokeDevice(id) { app.called("revokeDevice", id); }
    function revokeOthers() { app.called("revokeOthers"); }
    function block(id) { app.called("block", id); }
    function unblock(id) { app.called("unblock", id); }
}
