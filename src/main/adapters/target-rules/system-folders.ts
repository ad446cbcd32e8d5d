/** Folders of the system itself; what lies inside them (`/var/lib/chango`) may be a target. hier(7), file-hierarchy(7). */
export const systemFolders = `
  / /bin /boot /dev /dev/shm /etc /home /lib /lib32 /lib64 /libx32 /lost+found /media /mnt /opt /proc
  /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/lib /usr/lib64 /usr/libexec /usr/local
  /usr/local/bin /usr/local/lib /usr/sbin /usr/share /var /var/cache /var/lib /var/log /var/opt
  /var/spool /var/tmp /Applications /Library /System /Users /Volumes /private /private/etc /private/tmp
  /private/var
`
  .trim()
  .split(/\s+/)
