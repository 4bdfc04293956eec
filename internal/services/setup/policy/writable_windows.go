package policy

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// deleteChild is the right to delete what is in a folder, whoever owns it (FILE_DELETE_CHILD).
const deleteChild = 0x40

// changing are the rights by which a file's content, a folder's entries, or who may change them are changed.
const changing = windows.FILE_WRITE_DATA | windows.FILE_APPEND_DATA | deleteChild | windows.DELETE | windows.WRITE_DAC | windows.WRITE_OWNER | windows.GENERIC_WRITE | windows.GENERIC_ALL

// administrators are those who may have them.
var administrators = []windows.WELL_KNOWN_SID_TYPE{windows.WinBuiltinAdministratorsSid, windows.WinLocalSystemSid, windows.WinCreatorOwnerSid, windows.WinAccountDomainAdminsSid}

// trustedInstaller is Windows' own service, which has no well-known type.
const trustedInstaller = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

// writable tells whether others than an administrator may change what is at a path.
func writable(path string) (bool, error) {
	sd, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION|windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return false, err
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return false, err
	}
	if !administrator(owner) { // who owns it may give rights
		return true, nil
	}
	list, _, err := sd.DACL()
	if err != nil {
		return false, err
	}
	if list == nil { // everybody may do everything
		return true, nil
	}
	for i := range uint32(list.AceCount) {
		var ace *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(list, i, &ace); err != nil {
			return false, err
		}
		if ace.Header.AceType != windows.ACCESS_ALLOWED_ACE_TYPE || ace.Mask&changing == 0 {
			continue
		}
		if !administrator((*windows.SID)(unsafe.Pointer(&ace.SidStart))) {
			return true, nil
		}
	}
	return false, nil
}

func administrator(sid *windows.SID) bool {
	for _, kind := range administrators {
		if sid.IsWellKnown(kind) {
			return true
		}
	}
	return sid.String() == trustedInstaller
}
