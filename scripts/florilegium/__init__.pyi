from .api import Library as Library
from .api import Note as Note
from .api import Notice as Notice
from .api import Problem as Problem
from .api import Quote as Quote
from .api import Source as Source
from .api import Theme as Theme
from .api import load as load

__version__: str
