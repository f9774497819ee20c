"""Categories and units for forms and tables, so that a front end need not know the desk's rules."""

from node.desk.categories import CATEGORIES, UNITS, Category, CategoryCode, Unit

__all__ = ["CATEGORIES", "UNITS", "Category", "CategoryCode", "Unit"]
