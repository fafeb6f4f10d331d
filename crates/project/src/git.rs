//! What git says has changed since a revision.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Variables that a git hook sets for its own repository; with them git would look at the wrong index or tree.
const HOOK_VARIABLES: [&str; 7] = [
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_WORK_TREE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
];

/// Why git could not say what has changed.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The program `git` cannot be started.
    #[error("cannot run `git`, which `--base` needs: {}; install git or leave `--base` out", crate::error::reason(.0))]
    Missing(io::Error),
    /// The folder is in no repository.
    #[error("`{}` is not in a git repository, which `--base` needs", .0.display())]
    NoRepository(PathBuf),
    /// The repository does not know the revision.
    #[error("git does not know the revision `{0}`; fetch it first, or correct its name")]
    UnknownRevision(String),
    /// The repository has only part of its history, and the revision or the common ancestor is not in it.
    #[error("`{0}` is not in this shallow clone; run `git fetch --unshallow`, or check out with fetch-depth: 0")]
    Shallow(String),
    /// The revision and the working tree have no common ancestor.
    #[error("`{0}` and HEAD have no common ancestor, so there is no base to compare with")]
    NoCommonAncestor(String),
    /// Git failed in another way.
    #[error("`git {command}` failed: {message}")]
    Failed {
        /// What was run.
        command: String,
        /// What git said, in one line.
        message: String,
    },
}

impl GitError {
    /// The exit code that a command which ends with this error has.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Failed { .. } => 4,
            _ => 2,
        }
    }
}

/// Files that differ from a revision, relative to the project file. Deleted files are among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed(BTreeSet<String>);

/// Takes files that are known to have changed, whoever says so.
impl FromIterator<String> for Changed {
    fn from_iter<Names: IntoIterator<Item = String>>(names: Names) -> Self {
        Self(names.into_iter().collect())
    }
}

impl Changed {
    /// Whether the file changed.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Whether the condition holds for a changed file.
    pub fn any(&self, condition: impl Fn(&str) -> bool) -> bool {
        self.0.iter().any(|name| condition(name))
    }
}

/// Lists the files under `root` that differ between the working tree (committed, staged, unstaged and untracked
/// changes alike) and the last commit that `base` and HEAD share.
///
/// # Errors
/// When git is missing, `root` is in no repository, or `base` cannot be found.
pub fn changed_since(root: &Path, base: &str) -> Result<Changed, GitError> {
    let top = top(root)?;
    changed_from(root, &top, &common_ancestor(root, base)?)
}

/// As [`changed_since`], from a commit.
fn changed_from(root: &Path, top: &Path, commit: &str) -> Result<Changed, GitError> {
    let tracked = list(top, &["diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", commit, "--"])?;
    let untracked = list(top, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    // Git answers with the real path of the repository; the project may have been reached through a link.
    let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let names = tracked.iter().chain(&untracked);
    Ok(Changed(names.filter_map(|name| crate::path::relative_name(&root, &top.join(name))).collect()))
}

/// Writes the project as it was at the last commit that `base` and HEAD share into an empty folder: every JSON, YAML and TOML
/// file under `root`. Gives the folder that corresponds to `root`. Neither the index nor the working tree is touched.
///
/// # Errors
/// When git is missing, `root` is in no repository, or `base` cannot be found.
pub fn export(root: &Path, base: &str, folder: &Path) -> Result<PathBuf, GitError> {
    let top = top(root)?;
    let prefix = match git(root, &["rev-parse", "--show-prefix"])? {
        Answer::Text(prefix) => prefix.trim_end_matches(['\r', '\n']).to_owned(),
        Answer::Failure(message) => {
            return Err(GitError::Failed { command: "rev-parse --show-prefix".to_owned(), message });
        }
    };
    let commit = common_ancestor(root, base)?;
    let below = folder.join(&prefix);
    for name in list(
        &top,
        &["ls-tree", "-r", "--name-only", "-z", &commit, "--", if prefix.is_empty() { "." } else { &prefix }],
    )? {
        let known = [".json", ".yaml", ".yml", ".toml", ".jsonc"].iter().any(|ending| name.ends_with(ending));
        if !known {
            continue;
        }
        let failed = |error: io::Error| GitError::Failed {
            command: format!("show {commit}:{name}"),
            message: error.to_string(),
        };
        let target = folder.join(&name);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        let contents = bytes(&top, &["show", &format!("{commit}:{name}")])?;
        std::fs::write(&target, contents).map_err(failed)?;
    }
    Ok(below)
}

/// The files of a project as they were at a revision.
#[derive(Debug)]
pub struct Revision {
    root: PathBuf,
    commit: String,
    /// Relative to the project file.
    files: BTreeSet<String>,
    changed: Changed,
}

impl Revision {
    /// Looks at the last commit that `revision` and HEAD share.
    ///
    /// # Errors
    /// When git is missing, `root` is in no repository, or `revision` cannot be found.
    pub fn open(root: &Path, revision: &str) -> Result<Self, GitError> {
        let top = top(root)?;
        let commit = common_ancestor(root, revision)?;
        let changed = changed_from(root, &top, &commit)?;
        let files = list(root, &["ls-tree", "-r", "--name-only", "-z", &commit, "--", "."])?;
        Ok(Self { root: root.to_path_buf(), commit, files: files.into_iter().collect(), changed })
    }

    /// What a file was, `now` being what it is; `None` when it was not there.
    ///
    /// # Errors
    /// When git fails.
    pub fn file(&self, name: &str, now: &[u8]) -> Result<Option<Vec<u8>>, GitError> {
        if !self.files.contains(name) {
            return Ok(None);
        }
        if !self.changed.contains(name) {
            return Ok(Some(now.to_vec()));
        }
        bytes(&self.root, &["show", &format!("{}:./{name}", self.commit)]).map(Some)
    }
}

/// The folder of the repository.
fn top(root: &Path) -> Result<PathBuf, GitError> {
    match git(root, &["rev-parse", "--show-toplevel"])? {
        Answer::Text(top) => Ok(PathBuf::from(top.trim_end_matches(['\r', '\n']))),
        Answer::Failure(_) => Err(GitError::NoRepository(root.to_path_buf())),
    }
}

fn common_ancestor(root: &Path, base: &str) -> Result<String, GitError> {
    let unknown = || {
        let shallow = matches!(git(root, &["rev-parse", "--is-shallow-repository"]), Ok(Answer::Text(text)) if text.trim() == "true");
        if shallow { GitError::Shallow(base.to_owned()) } else { GitError::UnknownRevision(base.to_owned()) }
    };
    if base.is_empty() || base.starts_with('-') {
        return Err(GitError::UnknownRevision(base.to_owned()));
    }
    let commit = match git(root, &["rev-parse", "--verify", "--quiet", &format!("{base}^{{commit}}")])? {
        Answer::Text(commit) => commit.trim().to_owned(),
        Answer::Failure(_) => return Err(unknown()),
    };
    match git(root, &["merge-base", &commit, "HEAD"])? {
        Answer::Text(ancestor) => Ok(ancestor.trim().to_owned()),
        Answer::Failure(_) => Err(match unknown() {
            GitError::UnknownRevision(base) => GitError::NoCommonAncestor(base),
            other => other,
        }),
    }
}

enum Answer {
    Text(String),
    /// Git said no; its words.
    Failure(String),
}

fn list(folder: &Path, arguments: &[&str]) -> Result<Vec<String>, GitError> {
    match git(folder, arguments)? {
        Answer::Text(text) => Ok(text.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect()),
        Answer::Failure(message) => Err(GitError::Failed { command: arguments.join(" "), message }),
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Answer, GitError> {
    let output = run(folder, arguments)?;
    if output.status.success() {
        return Ok(Answer::Text(String::from_utf8_lossy(&output.stdout).into_owned()));
    }
    Ok(Answer::Failure(words(&output.stderr)))
}

/// What git prints, whatever it is.
fn bytes(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
    let output = run(folder, arguments)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(GitError::Failed { command: arguments.join(" "), message: words(&output.stderr) })
}

fn run(folder: &Path, arguments: &[&str]) -> Result<std::process::Output, GitError> {
    let mut command = Command::new("git");
    for variable in HOOK_VARIABLES {
        command.env_remove(variable);
    }
    // Looking must not take the lock of the index from a git that runs at the same time, for example around a hook.
    command.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C").arg("-C").arg(folder).args(arguments);
    command.stdin(Stdio::null()).output().map_err(GitError::Missing)
}

fn words(said: &[u8]) -> String {
    String::from_utf8_lossy(said).split_whitespace().collect::<Vec<_>>().join(" ")
}
