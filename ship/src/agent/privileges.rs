//! Privileges: an agent that was started as root listens at ports that only root may have, and then
//! becomes a user that may do no more than read logs.

use std::fs;
use std::io;
use std::os::unix::fs::chown;
use std::path::Path;

use nix::unistd::{Gid, Group, Uid, User, getegid, geteuid, getuid, setuid};

use crate::config::PrivilegesConfig;

/// A user with a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    user: User,
    group: Gid,
}

impl Identity {
    /// Finds the user and the group by their names.
    ///
    /// # Errors
    ///
    /// There is none, or it is root, or this process cannot become one.
    pub(super) fn find(config: &PrivilegesConfig) -> Result<Self, String> {
        let name = &config.user;
        if !cfg!(target_os = "linux") {
            return Err(format!("this can only be done on Linux; start it as the user '{name}'"));
        }
        let user = User::from_name(name).map_err(|error| format!("user '{name}': {error}"))?;
        let user = user.ok_or_else(|| format!("there is no user '{name}'"))?;
        let group = match &config.group {
            None => user.gid,
            Some(name) => {
                let group = Group::from_name(name);
                let group = group.map_err(|error| format!("group '{name}': {error}"))?;
                group.ok_or_else(|| format!("there is no group '{name}'"))?.gid
            }
        };
        if user.uid.is_root() {
            return Err(format!("the user '{name}' is root, who has all privileges"));
        }
        let own = Self { user, group };
        if !geteuid().is_root() && !own.is_it() {
            let now = getuid();
            return Err(format!(
                "only root can become the user '{name}', and this runs as user {now}; start it as \
                 root, or as '{name}' without [privileges]"
            ));
        }
        if let Some(name) = config.group.as_ref().filter(|_| !geteuid().is_root())
            && !own.has_group()
        {
            return Err(format!(
                "only root can take on the group '{name}'; start it as root, or with that group"
            ));
        }
        Ok(own)
    }

    /// Tells whether this process has the group, as its own or as one more.
    #[cfg(target_os = "linux")]
    fn has_group(&self) -> bool {
        getegid() == self.group
            || nix::unistd::getgroups().is_ok_and(|groups| groups.contains(&self.group))
    }

    #[cfg(not(target_os = "linux"))]
    fn has_group(&self) -> bool {
        getegid() == self.group
    }

    /// Tells whether this process has the user already.
    fn is_it(&self) -> bool {
        getuid() == self.user.uid && geteuid() == self.user.uid
    }

    /// Makes the user the owner of a folder.
    pub(super) fn give(&self, folder: &Path) -> io::Result<()> {
        if self.is_it() {
            return Ok(());
        }
        chown(folder, Some(self.user.uid.as_raw()), Some(self.group.as_raw()))
    }

    /// Becomes the user in all threads, for good, and makes sure that no capability is left, and
    /// that the user can write into the agent's folder.
    ///
    /// # Errors
    ///
    /// The process may not, or would keep a capability, or could not go on afterwards.
    pub(super) fn take_on(self, folder: &Path) -> io::Result<()> {
        let name = &self.user.name;
        let refuse = |reason: String| {
            Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("[privileges] cannot become the user '{name}': {reason}"),
            ))
        };
        if !self.is_it()
            && let Err(error) = self.change()
        {
            return refuse(error.to_string());
        }
        if setuid(Uid::from_raw(0)).is_ok() {
            return refuse("it could become root again".to_owned());
        }
        if let Some(left) = capabilities()? {
            return refuse(format!("capabilities are left ({left})"));
        }
        // What root has made before belongs to root.
        let probe = folder.join(".writable");
        let written = fs::write(&probe, "").and_then(|()| fs::remove_file(&probe));
        written.map_err(|error| {
            let folder = folder.display();
            let message = format!(
                "{folder}: the user '{name}' cannot write into the state's folder: {error}; give \
                 it to them (chown -R {name} {folder})"
            );
            io::Error::new(error.kind(), message)
        })
    }

    #[cfg(target_os = "linux")]
    fn change(&self) -> nix::Result<()> {
        use nix::unistd::{initgroups, setgid, setgroups};
        // Those of root first, of which none may stay.
        setgroups(&[])?;
        let name = std::ffi::CString::new(self.user.name.as_str()).expect("a name has no zero");
        initgroups(&name, self.group)?;
        setgid(self.group)?;
        // The kernel takes all capabilities away from who stops being root.
        setuid(self.user.uid)
    }

    #[cfg(not(target_os = "linux"))]
    fn change(&self) -> nix::Result<()> {
        Err(nix::errno::Errno::ENOTSUP)
    }
}

/// Returns the capabilities that a thread has or can take, if one has any.
fn capabilities() -> io::Result<Option<String>> {
    for thread in fs::read_dir("/proc/self/task")? {
        let status = match fs::read_to_string(thread?.path().join("status")) {
            // It has ended, before the file was opened or after.
            Err(error)
                if error.kind() == io::ErrorKind::NotFound
                    || error.raw_os_error() == Some(nix::errno::Errno::ESRCH as i32) =>
            {
                continue;
            }
            status => status?,
        };
        let sets = status.lines().filter(|line| {
            line.starts_with("CapEff") || line.starts_with("CapPrm") || line.starts_with("CapAmb")
        });
        for line in sets {
            let set = line.split_whitespace().last().unwrap_or_default();
            if set.bytes().any(|digit| digit != b'0') {
                return Ok(Some(line.split_whitespace().collect::<Vec<_>>().join(" ")));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(user: &str, group: Option<&str>) -> Result<Identity, String> {
        let group = group.map(str::to_owned);
        Identity::find(&PrivilegesConfig { user: user.to_owned(), group })
    }

    #[test]
    fn who_is_not_there_or_is_root_is_refused() {
        assert_eq!(find("no-such-user", None).unwrap_err(), "there is no user 'no-such-user'");
        let error = find("nobody", Some("no-such-group")).unwrap_err();
        assert_eq!(error, "there is no group 'no-such-group'");
        let error = find("root", None).unwrap_err();
        assert_eq!(error, "the user 'root' is root, who has all privileges");
    }

    #[test]
    fn only_root_becomes_another_user() {
        let found = find("nobody", None);
        if geteuid().is_root() {
            assert_eq!(found.unwrap().user.name, "nobody");
        } else {
            let error = found.unwrap_err();
            assert!(error.starts_with("only root can become the user 'nobody'"), "{error}");
        }
    }
}
