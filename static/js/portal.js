// Entry module. Every page works without it; what is here only makes a page quicker or calmer.
import { focusErrorSummary } from "./errors.js";
import { followFilters } from "./list.js";

focusErrorSummary();
followFilters();
