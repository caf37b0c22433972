/* libyaml, which reads policies, ceremonies and site files as events. */
#include <yaml.h>
