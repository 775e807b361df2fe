package web

import (
	"strconv"

	"qbridge/internal/bridge"
)

// usersView is the page of the users, for owners.
type usersView struct {
	Users []bridge.User
	Roles []bridge.Role
	Name  string      // as it was typed
	Role  bridge.Role // as it was chosen
}

func (v *visit) usersView() (usersView, error) {
	users, err := v.bridge.Users(v.ctx())
	return usersView{Users: users, Roles: bridge.Roles(), Role: bridge.Bookkeeper}, err
}

func users(v *visit) error {
	view, err := v.usersView()
	if err != nil {
		return err
	}
	return v.page("users", view)
}

func addUser(v *visit) error {
	name, role := v.r.PostFormValue("name"), bridge.Role(v.r.PostFormValue("role"))
	err := v.bridge.AddUser(v.ctx(), name, role, v.r.PostFormValue("password"), v.who())
	if err == nil {
		return v.redirect("/users", "user_made", name)
	}
	view, failed := v.usersView()
	if failed != nil {
		return failed
	}
	view.Name, view.Role = name, role
	return v.again("users", view, err)
}

// changed answers a change of one user.
func (v *visit) changed(change func(id int64) error) error {
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil {
		return errNotFound
	}
	if err := change(id); err != nil {
		view, failed := v.usersView()
		if failed != nil {
			return failed
		}
		return v.again("users", view, err)
	}
	return v.redirect("/users", "user_changed")
}

func setRole(v *visit) error {
	return v.changed(func(id int64) error {
		return v.bridge.SetRole(v.ctx(), id, bridge.Role(v.r.PostFormValue("role")), v.who())
	})
}

func setDisabled(v *visit) error {
	return v.changed(func(id int64) error {
		return v.bridge.SetDisabled(v.ctx(), id, v.r.PostFormValue("disabled") == "yes", v.who())
	})
}

func setUserPassword(v *visit) error {
	return v.changed(func(id int64) error {
		return v.bridge.SetUserPassword(v.ctx(), id, v.r.PostFormValue("password"), v.who())
	})
}
