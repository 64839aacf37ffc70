//! How people authorize, and where the token and the developer token go.

use relink_sdk::{AuthMethod, CredentialUse, Oauth2, Place, Rotation, SecretSlot};

use crate::ads;

/// The credential use of requests to Google Ads.
pub(crate) const ADS_CREDENTIAL: &str = "ads";

/// The developer token belongs to the operator and goes to Google Ads alone. Apps that registered since
/// September 2026 have none: their access hangs on the Cloud project.
pub(crate) fn method() -> AuthMethod {
    AuthMethod::oauth2(oauth())
        .app_secret(
            SecretSlot::new("developer_token", "Google Ads developer token")
                .help("https://developers.google.com/google-ads/api/docs/api-policy/developer-token")
                .optional(),
        )
        .used(
            CredentialUse::new(ADS_CREDENTIAL)
                .placed("access_token", Place::Header, "authorization", "Bearer ")
                .header("developer-token", "developer_token")
                .only_to([ads::HOST]),
        )
}

/// Google shows a tick box for each product, and people overlook them: so both products are required,
/// and a missing tick is noticed while the person is still there.
///
/// A refresh token comes only with `access_type=offline`, and a second time only with a forced
/// consent; a refresh answers without one, and the old one goes on.
/// See <https://developers.google.com/identity/protocols/oauth2/web-server>.
fn oauth() -> Oauth2 {
    Oauth2::new("https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token")
        .scope("openid", "Associate you with your personal info on Google")
        .scope("https://www.googleapis.com/auth/userinfo.email", "See your primary Google Account email address")
        .scope(
            "https://www.googleapis.com/auth/adwords",
            "See, edit, create, and delete your Google Ads accounts and data",
        )
        .scope("https://www.googleapis.com/auth/analytics.readonly", "See and download your Google Analytics data")
        .authorize_params(&[("access_type", "offline"), ("include_granted_scopes", "true"), ("prompt", "consent")])
        .reconnect_params(&[("prompt", "select_account consent")])
        .login_hint("login_hint")
        .refreshed(Rotation::StaysValid)
        .revoked_at("https://oauth2.googleapis.com/revoke")
}
