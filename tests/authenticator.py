"""The telephone of a member of staff: shows codes, and lives where no clock of a test is moved."""

from core.people.factors import codes
from core.people.models import User
from core.people.services import set_up_factor


class Authenticator:
    """Set up when it is made. `code()` is one that nobody has used yet: the next one is good already."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.secret = codes.new_secret()
        self.recovery_codes = set_up_factor(by=user, secret=self.secret, code=codes.code_at(self.secret, codes.step_now()))

    def code(self, later: int = 1) -> str:
        """The code so many half minutes from now."""
        return codes.code_at(self.secret, codes.step_now() + later)

    def wrong(self) -> str:
        """A code that is not shown now, and will not be soon."""
        near = {self.code(later) for later in range(-3, 4)}
        return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777") if code not in near)
