//! What `cargo metadata` says of the packages we build from.

use serde::Deserialize;

use crate::shell;

/// All packages of the workspace, resolved for every target.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
}

/// One package.
#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Licence as an SPDX expression.
    pub(crate) license: Option<String>,
    /// Where it comes from; nothing for a package of this repository.
    pub(crate) source: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a `[dependencies]` table.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` for a normal dependency, else `dev` or `build`.
    pub(crate) kind: Option<String>,
    /// Version wanted.
    pub(crate) req: String,
    /// Set for a package of this repository.
    pub(crate) path: Option<String>,
}

impl Package {
    /// Tells whether the package is part of this repository.
    pub(crate) fn is_ours(&self) -> bool {
        self.source.is_none()
    }
}

/// Asks cargo.
pub(crate) fn read() -> Result<Metadata, String> {
    let text = shell::output(shell::cargo().args(["metadata", "--format-version", "1"]))?;
    serde_json::from_str(&text).map_err(|error| format!("cannot read the output of cargo metadata: {error}"))
}
