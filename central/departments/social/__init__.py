"""Social security (``domain.md`` 6) and medical insurance: records, acts, contributions."""

from central.departments.social.counter import CALLS, Counter
from central.departments.social.medical import MedicalInsurance
from central.departments.social.office import SocialSecurity
from central.departments.social.rules import faults

__all__ = ["CALLS", "Counter", "MedicalInsurance", "SocialSecurity", "faults"]
