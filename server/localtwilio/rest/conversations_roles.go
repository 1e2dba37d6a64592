package rest

import (
	"errors"
	"net/http"
	"slices"

	"escalate/server/localtwilio/store"
)

const maxRoleName = 64

func createRole(c *chatCall) error {
	r := store.ChatRole{FriendlyName: c.form("FriendlyName"), Type: c.form("Type"), Permissions: c.r.Form["Permission"]}
	switch {
	case r.FriendlyName == "":
		return bad(codeFriendlyNameMissing, "FriendlyName not provided")
	case len([]rune(r.FriendlyName)) > maxRoleName:
		return bad(codeFriendlyNameTooLong, "Friendly name too long")
	case r.Type != store.RoleOfConversation && r.Type != store.RoleOfService:
		return bad(codeRoleType, "Invalid role type")
	}
	if err := checkPermissions(r.Type, r.Permissions); err != nil {
		return err
	}
	r, err := c.roles().Create(r)
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, c.role(r))
}

// checkPermissions wants some that Roles of the type can have.
func checkPermissions(kind string, permissions []string) error {
	if len(permissions) == 0 {
		return invalid("Permission is required")
	}
	all := store.ConversationPermissions
	if kind == store.RoleOfService {
		all = store.ServicePermissions
	}
	for _, p := range permissions {
		if !slices.Contains(all, p) {
			return bad(codePermission, "Permission not found: "+p)
		}
	}
	return nil
}

func listRoles(c *chatCall) error {
	all, err := c.roles().List()
	if err != nil {
		return err
	}
	return list(c.call, "roles", maxConversationsPage, all, func(r store.ChatRole) string { return r.SID }, c.role)
}

func fetchRole(c *chatCall) error {
	r, err := c.roles().Get(c.path("role"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, c.role(r))
}

func updateRole(c *chatCall) error {
	r, err := c.roles().Get(c.path("role"))
	if err != nil {
		return err
	}
	if err := checkPermissions(r.Type, c.r.Form["Permission"]); err != nil {
		return err
	}
	if r, err = c.roles().Permit(r.SID, c.r.Form["Permission"]); err != nil {
		return err
	}
	return c.json(http.StatusOK, c.role(r))
}

func deleteRole(c *chatCall) error {
	err := c.roles().Delete(c.path("role"))
	if errors.Is(err, store.ErrRoleInUse) {
		return invalid("The Role is a default of the Service")
	}
	if err != nil {
		return err
	}
	return c.noContent()
}

func (c *chatCall) role(r store.ChatRole) any {
	return object{
		"sid": r.SID, "account_sid": c.account.SID, "chat_service_sid": c.service.SID, "friendly_name": r.FriendlyName, "type": r.Type,
		"permissions": r.Permissions, "date_created": date(r.Created), "date_updated": date(r.Updated), "url": c.root + "/Roles/" + r.SID,
	}
}
