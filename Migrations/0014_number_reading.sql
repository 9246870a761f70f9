-- Operators see where a number leads, and choose the flow when they move it to another tenant: a flow's name and the
-- ordinal of its live version, never what is in it.

GRANT SELECT (name) ON flow TO va_platform;
GRANT SELECT (flow_id, ordinal, state) ON flow_version TO va_platform;
