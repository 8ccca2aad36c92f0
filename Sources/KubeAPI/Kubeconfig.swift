import RBAC
